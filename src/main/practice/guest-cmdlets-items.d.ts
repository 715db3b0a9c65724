import type { Cmdlet } from './guest-powershell-invoke';
/** Files and folders, and keys of the registry by the same cmdlets. */
export declare const itemCmdlets: Record<string, Cmdlet>;
