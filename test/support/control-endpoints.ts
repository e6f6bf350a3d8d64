/** The control API's paths, as the command loads them. */
export const controlEndpoints = async () => (await import('../../routes/control/index.js')).endpoints
