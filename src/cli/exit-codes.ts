/** What the exit code of the command says. */
export const exitCodes = { stopped: 0, bug: 1, mistake: 2, portInUse: 3, found: 4 } as const

export const exitCodesInWords =
  '0 stopped, 1 a bug in session-mock, 2 a wrong setting or file, 3 a port cannot be opened, 4 --strict found something'
