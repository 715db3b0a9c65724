/** The time of day for whatever on screen counts down, in milliseconds since 1970; moves once a second. */
class Clock {
  now = $state(Date.now())

  constructor() {
    setInterval(() => (this.now = Date.now()), 1000)
  }
}

export const clock = new Clock()
