import ReactMarkdown from "react-markdown";
import styles from "./Markdown.module.css";

/** Text as it was marked up. HTML in it stays text, and links leave the page as it is. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className={styles.markdown}>
      <ReactMarkdown
        components={{
          // An address that is not safe comes empty.
          a: ({ href, children }) => (href ? <a href={href} target="_blank" rel="noopener noreferrer nofollow">{children}</a> : children),
          // Others must not learn when somebody reads a task, as a picture from elsewhere would tell them.
          img: ({ alt, src }) => (typeof src === "string" ? <a href={src} target="_blank" rel="noopener noreferrer nofollow">{alt === "" ? src : alt}</a> : null),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
