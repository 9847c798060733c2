/** The name of a folder's report. */
export const REPORT_FILE = 'report.html';
