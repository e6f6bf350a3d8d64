/** Exit codes of the command. */
export const exitCodes = {
  stopped: 0,
  bug: 1,
  notReached: 1,
  mistake: 2,
  portInUse: 3,
  found: 4,
  misbehaved: 5,
  differs: 5
} as const

export const exitCodesInWords =
  '0 stopped, 1 internal error or real server not reached, 2 invalid setting, command or file, 3 port not available, 4 failures under --strict, 5 findings of grill or verify-real'
