package org.robustnessgap.generator.traffic;

import org.robustnessgap.traffic.TrafficWindow;

/** Something a reader of live traffic has to say. */
sealed interface TrafficEvent {
  /** Who is told. */
  interface Listener {
    /** The topic can be read. */
    void reading();

    /** A window is over. */
    void drawn(TrafficWindow window);

    /** The topic cannot be read, for a reason in one or two sentences; it is tried again. */
    void failed(String reason);
  }

  void tell(Listener listener);

  /** The topic can be read. */
  record Reading() implements TrafficEvent {
    @Override
    public void tell(Listener listener) {
      listener.reading();
    }
  }

  /** A window is over. */
  record Drawn(TrafficWindow window) implements TrafficEvent {
    @Override
    public void tell(Listener listener) {
      listener.drawn(window);
    }
  }

  /** The topic cannot be read. */
  record Failed(String reason) implements TrafficEvent {
    @Override
    public void tell(Listener listener) {
      listener.failed(reason);
    }
  }
}
