import type { Cmdlet } from './guest-powershell-invoke';
/** Paths and the folder that the session stands in. */
export declare const pathCmdlets: Record<string, Cmdlet>;
