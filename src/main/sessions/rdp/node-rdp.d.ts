declare module 'node-rdp/lib/rdp-file' {
  /** Writes `<temporary folder>/<address>.rdp` and answers its path. */
  export default function buildRdpFile(config: Record<string, string | number | boolean>): Promise<string>
}
