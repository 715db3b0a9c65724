import type { Cmdlet } from './guest-powershell-invoke';
/** Values of the registry, and what belongs to files beside their content. */
export declare const propertyCmdlets: Record<string, Cmdlet>;
