import type { Cmdlet } from './guest-powershell-invoke';
/** What is in files. */
export declare const contentCmdlets: Record<string, Cmdlet>;
