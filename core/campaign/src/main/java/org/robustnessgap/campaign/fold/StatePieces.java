package org.robustnessgap.campaign.fold;

import java.util.Map;
import java.util.TreeMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;

/**
 * A {@link State} as separate messages, so that an event rewrites only what it touched.
 *
 * <table>
 * <caption>The pieces</caption>
 * <tr><th>key</th><th>piece</th></tr>
 * <tr><td>{@code campaign/classifier/window}</td><td>an open window or the newest complete one</td></tr>
 * <tr><td>{@code campaign/classifier}</td><td>totals of the windows that are gone</td></tr>
 * <tr><td>{@code campaign/classifier/limits}</td><td>the latest limits</td></tr>
 * <tr><td>{@code campaign/first~second}</td><td>a pair of classifiers</td></tr>
 * <tr><td>{@code campaign}</td><td>what went wrong</td></tr>
 * <tr><td>{@code _refusals}</td><td>what could not be read</td></tr>
 * </table>
 */
public final class StatePieces {
  private static final String REFUSALS = "_refusals";
  private static final String LIMITS = "limits";

  private StatePieces() {}

  /** The pieces of a state; a piece that did not change is the same object as before. */
  public static Map<String, Object> split(State state) {
    Map<String, Object> pieces = new TreeMap<>();
    state.streams().forEach((id, stream) -> splitStream(id, stream, pieces));
    state.pairs().forEach((id, pair) -> pieces.put(id.toString(), pair));
    pieces.putAll(state.campaigns());
    if (state.refusals() != Refusals.NONE) {
      pieces.put(REFUSALS, state.refusals());
    }
    return pieces;
  }

  private static void splitStream(StreamId id, StreamState stream, Map<String, Object> pieces) {
    pieces.put(id.toString(), stream.summary());
    if (stream.limits() != null) {
      pieces.put(id + "/" + LIMITS, stream.limits());
    }
    stream.windows().forEach((index, window) -> pieces.put(id + "/" + index, window));
  }

  /**
   * What kind of piece a key names.
   *
   * @throws InvalidInputException if it names none
   */
  public static Class<?> typeOf(String key) {
    if (REFUSALS.equals(key)) {
      return Refusals.class;
    }
    String[] parts = key == null ? new String[0] : key.split("/", -1);
    switch (parts.length) {
      case 1:
        return CampaignFailures.class;
      case 2:
        return isPair(parts[1]) ? PairState.class : StreamSummary.class;
      case 3:
        if (LIMITS.equals(parts[2])) {
          return TheoreticalLimits.class;
        }
        if (parts[2].matches("\\d{1,18}")) {
          return WindowState.class;
        }
        throw noPiece(key);
      default:
        throw noPiece(key);
    }
  }

  /** No classifier's name holds what separates two. */
  private static boolean isPair(String subject) {
    return subject.contains(PairId.SEPARATOR);
  }

  private static InvalidInputException noPiece(String key) {
    return new InvalidInputException(
        "The key '"
            + key
            + "' names no piece of the aggregator's state; nothing else belongs here.");
  }

  /**
   * The state of these pieces: {@code join(split(state))} equals the state.
   *
   * @param pieces by key, each of the type that {@link #typeOf} says
   */
  public static State join(Map<String, Object> pieces) {
    PSortedMap<StreamId, StreamState> streams = TreePMap.empty();
    PSortedMap<PairId, PairState> pairs = TreePMap.empty();
    PSortedMap<String, CampaignFailures> campaigns = TreePMap.empty();
    Refusals refusals = Refusals.NONE;
    for (Map.Entry<String, Object> entry : pieces.entrySet()) {
      Object piece = entry.getValue();
      if (piece instanceof Refusals all) {
        refusals = all;
      } else if (piece instanceof CampaignFailures failures) {
        campaigns = campaigns.plus(entry.getKey(), failures);
      } else if (piece instanceof PairState pair) {
        pairs = pairs.plus(PairId.parse(entry.getKey()), pair);
      } else {
        StreamId id = streamOf(entry.getKey());
        StreamState before = streams.getOrDefault(id, StreamState.EMPTY);
        streams = streams.plus(id, joined(before, piece));
      }
    }
    return new State(streams, pairs, campaigns, refusals);
  }

  private static StreamState joined(StreamState stream, Object piece) {
    if (piece instanceof StreamSummary summary) {
      return new StreamState(summary, stream.limits(), stream.windows());
    }
    if (piece instanceof TheoreticalLimits limits) {
      return new StreamState(stream.summary(), limits, stream.windows());
    }
    if (piece instanceof WindowState window) {
      return new StreamState(
          stream.summary(),
          stream.limits(),
          stream.windows().plus(window.window().index(), window));
    }
    throw new IllegalArgumentException("no piece of a state: " + piece);
  }

  private static StreamId streamOf(String key) {
    String[] parts = key.split("/", -1);
    return new StreamId(parts[0], parts[1]);
  }
}
