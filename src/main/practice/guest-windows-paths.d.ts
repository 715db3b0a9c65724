/** `C:\Users\a` and `.\a` as places on the disk. */
export declare function placeOf(text: string, cwd: string): string;
/** A place of the disk as Windows writes it. */
export declare function windowsPath(place: string): string;
/** Whether a path is one of the registry. */
export declare function isRegistryPath(path: string): boolean;
/** A path of the registry in its short form, without the provider. */
export declare function hivePath(path: string): string;
