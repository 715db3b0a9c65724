/** An answer of the service that says no. Codes: "Common REST API error codes" and "Blob Storage error codes". */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(code)
  }
}
