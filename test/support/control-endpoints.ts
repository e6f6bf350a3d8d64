/** The endpoints of the control API, loaded as in the command. */
export const controlEndpoints = async () => (await import('../../routes/control/index.js')).endpoints
