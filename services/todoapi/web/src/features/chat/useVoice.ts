import { useEffect, useRef, useState } from "react";

/** What of the Web Speech API is needed. The types of the DOM do not have it, and not every browser does. */
interface Recognition extends EventTarget {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: { results: ArrayLike<Iterable<{ transcript: string }>> }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start: () => void;
  abort: () => void;
  stop: () => void;
}

type Recognizer = new () => Recognition;

function recognizer(): Recognizer | undefined {
  const { SpeechRecognition, webkitSpeechRecognition } = window as { SpeechRecognition?: Recognizer; webkitSpeechRecognition?: Recognizer };
  return SpeechRecognition ?? webkitSpeechRecognition;
}

export interface Voice {
  listening: boolean;
  /** It did not work last time: the person or the device has forbidden it, or nothing was heard. */
  failed: boolean;
  toggle: () => void;
  /** Stops, and gives up what is not written down yet: the person goes on by keys. */
  leave: () => void;
}

/** Writes down what somebody says. null where the browser cannot. */
export function useVoice(locale: string, onHeard: (words: string) => void): Voice | null {
  const [state, setState] = useState<"silent" | "listening" | "failed">("silent");
  const running = useRef<Recognition | null>(null);
  const hear = useRef(onHeard);
  useEffect(() => {
    hear.current = onHeard;
  });
  useEffect(() => () => running.current?.abort(), []);

  const Recognizer = recognizer();
  if (!Recognizer) return null;

  const start = () => {
    const recognition = new Recognizer();
    running.current = recognition;
    recognition.lang = locale;
    recognition.interimResults = true;
    recognition.onresult = ({ results }) => hear.current(Array.from(results, ([best]) => best?.transcript ?? "").join(" "));
    recognition.onerror = ({ error }) => setState(error === "aborted" ? "silent" : "failed");
    recognition.onend = () => {
      running.current = null;
      setState((was) => (was === "failed" ? was : "silent"));
    };
    setState("listening");
    recognition.start();
  };
  const leave = () => {
    if (!running.current) return;
    running.current.onresult = null;
    running.current.abort();
  };
  return { listening: state === "listening", failed: state === "failed", toggle: () => (running.current ? running.current.stop() : start()), leave };
}
