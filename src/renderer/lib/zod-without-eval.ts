import { z } from 'zod'

// The page's policy forbids making functions from text, which zod would otherwise try. Imported before any schema.
z.config({ jitless: true })
