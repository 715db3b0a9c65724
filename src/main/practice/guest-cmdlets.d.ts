import type { Cmdlet } from './guest-powershell-invoke';
/** Every cmdlet that the practice Windows knows. */
export declare const cmdlets: ReadonlyMap<string, Cmdlet>;
