import type { Way } from "./wire";

/** How many WebSockets in a row may die before their welcome: then something on the way does not let them through. */
const mostDeaths = 2;
/** How long nobody tries them then. A connection lasts a quarter of an hour at most, so each next one tries. */
const streamsMs = 10 * 60_000;

/**
 * Chooses how to connect. WebSockets cost the server less and tell sooner of a dead connection;
 * streams get through wherever HTTP does.
 */
export class Ways {
  private deaths = 0;
  private socketsAgain = 0;

  /** The way of a connection that is opened now. */
  choose(now: number): Way {
    return now < this.socketsAgain ? "stream" : "socket";
  }

  /** A connection has got through. */
  worked(way: Way): void {
    if (way === "socket") this.deaths = 0;
  }

  /** A connection has died before the server said anything. Where streams do, too, both are tried in turns. */
  failed(way: Way, now: number): void {
    if (way === "stream") {
      this.socketsAgain = now;
      return;
    }
    this.deaths += 1;
    if (this.deaths >= mostDeaths) this.socketsAgain = now + streamsMs;
  }
}
