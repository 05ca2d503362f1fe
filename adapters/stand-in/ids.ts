/** Ids that are the same from run to run: UUIDv7 of one instant, counted. They sort in the order in which they were made. */
export function countedIds() {
  let count = 0
  return {
    next(): string {
      count++
      return `01941f29-7c00-7000-8000-${count.toString(16).padStart(12, '0')}`
    },
    mark(): () => void {
      const held = count
      return () => {
        count = held
      }
    },
  }
}
