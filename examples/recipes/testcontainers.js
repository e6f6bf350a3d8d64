import { GenericContainer, Wait } from 'testcontainers'

/**
 * Starts session-mock in a container and waits until it accepts requests.
 *
 * @param {{ image?: string, environment?: Record<string, string> }} [options] settings by their environment variables
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export const startSessionMock = async ({ image = 'session-mock', environment = {} } = {}) => {
  const container = await new GenericContainer(image)
    .withExposedPorts(4100)
    .withEnvironment({ SESSION_MOCK_LOG: 'json', ...environment })
    .withWaitStrategy(Wait.forHttp('/__admin/ready', 4100).forStatusCode(200))
    .start()
  return {
    url: `http://${container.getHost()}:${container.getMappedPort(4100)}`,
    stop: async () => {
      await container.stop()
    }
  }
}
