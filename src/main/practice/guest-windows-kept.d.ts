import type { Place } from './guest-places';
export type Service = {
    displayName: string;
    status: 'Running' | 'Stopped';
    startType: 'Automatic' | 'Manual' | 'Disabled';
};
export type Appx = {
    name: string;
    version: string;
    publisher: string;
    isProvisioned: boolean;
    isInstalled: boolean;
    isSystem: boolean;
};
export type FirewallRule = {
    displayName: string;
    enabled: boolean;
    ports: string[];
    action: string;
};
export type SysprepRun = {
    arguments: string;
    startedAtMs: number;
};
/** What is in the registry and the services; it lies on the disk as a file that nobody sees. */
export type Kept = {
    registry: Record<string, {
        name: string;
        values: Record<string, string | number | string[]>;
    }>;
    services: Record<string, Service>;
    capabilities: Record<string, boolean>;
    firewall: Record<string, FirewallRule>;
    appx: Appx[];
    tasks: Record<string, {
        action: string;
        result: number;
    }>;
    environment: Record<string, string>;
    /** The one under way. */
    sysprep: SysprepRun | null;
    /** Whether the last Sysprep was told that it runs in a virtual machine. */
    hadModeVm: boolean;
    isSetUp: boolean;
    user: string;
    computerName: string;
};
export declare const stateKey = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State";
/** What a Windows keeps that was never started before. */
export declare function fresh({ facts }: Place): Kept;
