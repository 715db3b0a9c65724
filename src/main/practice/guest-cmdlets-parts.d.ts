import type { PsCall } from './guest-powershell-invoke';
import { PsError, type PsObject } from './guest-powershell-values';
import type { GuestNode } from './guest-tree';
import type { WindowsState } from './guest-windows-state';
/** The paths that a cmdlet is given by name, in order or through the pipe; else the folder it stands in. */
export declare function pathsOf({ value, input, session }: PsCall): string[];
/** Places that a path with wildcards stands for. */
export declare function expand(path: string, { session, host }: PsCall): string[];
/** A file or folder as `Get-Item` gives it. */
export declare function fileObject(state: WindowsState, place: string, node: GuestNode): PsObject;
/** A key of the registry as `Get-Item` gives it. */
export declare function keyObject(name: string): PsObject;
export declare function missing(path: string): PsError;
