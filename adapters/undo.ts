/*
 * What has to be done to go back, for stores that never change a value in place: then it is enough to know what stood where.
 */

/** Savepoints over steps that can be taken back one by one; `clear` takes all of them back at once. */
export function undoLog(clear: () => void) {
  /** Since the first mark that had something to come back to. */
  let log: (() => void)[] | undefined
  /** The marks that one can go back to, in the order they were set. */
  const marks: { readonly place: number | undefined }[] = []

  return {
    isKept: () => log !== undefined,

    note(undo: () => void): void {
      log?.push(undo)
    },

    /** Sets a mark and answers what goes back to it. Where there was nothing, nothing has to be noted to come back. */
    mark(wasEmpty: boolean): () => void {
      if (!wasEmpty) log ??= []
      // An earlier mark may have begun the log, and still needs it.
      const mark = { place: log?.length }
      marks.push(mark)
      return () => {
        const at = marks.indexOf(mark)
        if (at === -1) throw new Error('The snapshot is gone: the store went back to an earlier one')
        marks.length = at + 1
        const { place } = mark
        if (place === undefined) clear()
        else for (const undo of log?.slice(place).reverse() ?? []) undo()
        if (log === undefined) return
        log.length = place ?? 0
        if (marks.every(({ place }) => place === undefined)) log = undefined
      }
    },
  }
}
