/** Whether an answer has to be waited for, by whatever promise a host uses. */
export function isThenable<T>(answer: T | PromiseLike<T>): answer is PromiseLike<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
}
