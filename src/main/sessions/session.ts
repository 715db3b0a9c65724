/** What ran in a VM and how it ended. Texts hold the last 64 KiB. */
export type Ran = {
  /** null: ended by a signal, or the connection was lost. */
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

export type ExecOptions = {
  signal: AbortSignal
  /** Written to its standard input, which is closed then. */
  stdin?: string
  /** Live, as it comes, UTF-8 put together; for the window, never for a journal. */
  onOutput?: (text: string, from: 'stdout' | 'stderr') => void
  /** How long it may take, ms; none by default. */
  limitMs?: number
}

/** A connection to a VM on which things can be done one after the other or side by side. */
export type Remote = {
  readonly system: 'linux' | 'windows'
  readonly user: string
  /**
   * Runs one command line in the user's own shell (bash, PowerShell). A command that ends with another code than 0 is no error.
   * Throws AppError `session.*`, `cancelled`.
   */
  exec(command: string, options: ExecOptions): Promise<Ran>
  /**
   * Runs a script of several lines: on Linux by `bash -s` as root where `asRoot` (sudo without a password), on Windows by PowerShell.
   */
  script(text: string, options: ExecOptions & { asRoot?: boolean }): Promise<Ran>
  /** Copies a file or folder of this computer to an absolute path, going on with what is there; compares hashes at the end. */
  upload(
    from: string,
    to: string,
    options: { signal: AbortSignal; onProgress?: (done: number, total: number) => void },
  ): Promise<void>
  readFile(path: string, options: { signal: AbortSignal; maxBytes: number }): Promise<Uint8Array>
  writeFile(path: string, bytes: Uint8Array, options: { signal: AbortSignal; mode?: number }): Promise<void>
  /**
   * Restarts the VM and waits until it answers with another boot. Terminals come back by themselves. Throws AppError
   * `session.no-return` {minutes}.
   */
  restart(signal: AbortSignal): Promise<void>
}

/** What lets this computer in to a VM as long as there is a session. */
export type Door = {
  /** Once more changes nothing. Throws AppError. */
  open(signal: AbortSignal): Promise<void>
  /** Nobody answered: whether another address was let in now, so that it is worth another try. Throws AppError. */
  renew(signal: AbortSignal): Promise<boolean>
  /** `isDone`: a person ended the session; false: it failed and may be tried again. */
  close(isDone: boolean): void
}

/** The live connections of the app. */
export type Sessions = {
  /**
   * The connection to the run's build VM: the one that is open, else a new one, without asking anybody. Throws AppError `session.*`
   * (unreachable, wrong key, changed host key, a question that only a person can answer).
   */
  connect(run: string, signal: AbortSignal): Promise<Remote>
  /** Ends what is open to the run's build VM. */
  end(run: string): void
}
