/**
 * Lets the browser save a file that was fetched. An address of its own could not carry the token, and a token must be in no address.
 * @param name the name that it is saved under
 */
export function saveFile(blob: Blob, name: string, document: Document): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the file when the click returns; the address is kept until it has surely opened it.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
