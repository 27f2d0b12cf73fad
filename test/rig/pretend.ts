/** As if this ran on another platform, until the test is over. */
export const pretend = (
  t: { teardown(undo: () => void): void },
  platform: string,
): void => {
  const own = Object.getOwnPropertyDescriptor(process, 'platform')
  Object.defineProperty(process, 'platform', { ...own, value: platform })
  t.teardown(() => Object.defineProperty(process, 'platform', { ...own }))
}
