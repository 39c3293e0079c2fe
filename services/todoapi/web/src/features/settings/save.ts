import type { SavedFile } from "../../api/http";

/** Has the browser keep a file where it keeps what is downloaded. */
export function save({ name, content }: SavedFile): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name || "todoplatform";
  link.click();
  // The browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
