package org.robustnessgap.generator.traffic;

import java.util.List;
import java.util.function.Consumer;
import org.robustnessgap.messages.Window;
import org.robustnessgap.traffic.TrafficWindow;

/** Something a reader of live traffic has to say. */
sealed interface TrafficEvent {
  /** Who is told. */
  interface Listener {
    /**
     * The topic can be read.
     *
     * @param held the windows that whoever read it before held when it last committed
     */
    void reading(List<Window> held);

    /**
     * A window is over.
     *
     * @param taken to be told all windows that are held, once it is known what becomes of this one
     */
    void drawn(TrafficWindow window, Consumer<List<Window>> taken);

    /** The topic cannot be read, for a reason in one or two sentences; it is tried again. */
    void failed(String reason);
  }

  void tell(Listener listener);

  /** The topic can be read. */
  record Reading(List<Window> held) implements TrafficEvent {
    @Override
    public void tell(Listener listener) {
      listener.reading(held);
    }
  }

  /** A window is over. */
  record Drawn(TrafficWindow window, Consumer<List<Window>> taken) implements TrafficEvent {
    @Override
    public void tell(Listener listener) {
      listener.drawn(window, taken);
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
