/** A door that attempts wait at until the test opens it. */
export function createDoor() {
  let open: () => void = () => undefined;
  let arrive: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  return {
    open,
    arrived,
    pass: () => {
      arrive();
      return opened;
    },
  };
}
