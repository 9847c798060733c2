/** How many tasks of a job were issued since its ledger was opened, and why. For display only. */
export interface IssueCounters {
  /** Tasks put into the queue. */
  issued: number;
  /** Of these, tasks with missing shards of tasks that took too long. */
  overtaken: number;
  /** Times that everything missing was issued again because its tasks were lost. */
  restarts: number;
  /** Tasks handed out too often and never answered. */
  exhausted: number;
}
