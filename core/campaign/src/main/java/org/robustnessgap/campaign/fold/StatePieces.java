package org.robustnessgap.campaign.fold;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Limits;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.Subject;

/**
 * A {@link State} as separate messages, so that an event rewrites only what it touched.
 *
 * <table>
 * <caption>The pieces</caption>
 * <tr><th>key</th><th>piece</th></tr>
 * <tr><td>{@code subject/window}</td><td>an open window or the newest complete one</td></tr>
 * <tr><td>{@code subject}</td><td>totals of the windows that are gone</td></tr>
 * <tr><td>{@code subject/limits}</td><td>the latest limits</td></tr>
 * <tr><td>{@code subject/former-limits}</td><td>those of the version of the model before</td></tr>
 * <tr><td>{@code campaign}</td><td>what went wrong</td></tr>
 * <tr><td>{@code _refusals}</td><td>what could not be read</td></tr>
 * </table>
 *
 * A subject is written campaign/classifier under attack, and campaign/name/kind otherwise. Older
 * aggregators wrote a pair of classifiers in one piece, campaign/first~second.
 */
public final class StatePieces {
  private static final String REFUSALS = "_refusals";
  private static final String LIMITS = "/limits";
  private static final String FORMER_LIMITS = "/former-limits";

  private StatePieces() {}

  /**
   * What a key says.
   *
   * @param subject null for what went wrong in a campaign
   * @param part of the subject, as it follows it in the key
   */
  private record Key(String campaign, @Nullable Subject subject, String part) {
    static Key parse(@Nullable String key) {
      String[] parts = key == null ? new String[0] : key.split("/", -1);
      if (parts.length == 1) {
        return new Key(parts[0], null, "");
      }
      if (parts.length == 2 && parts[1].contains(PairId.SEPARATOR)) {
        return new Key(parts[0], new Subject(JobKind.TRANSFER, parts[0], parts[1]), "/older");
      }
      Optional<JobKind> kind =
          parts.length < 3
              ? Optional.empty()
              : Folds.ALL.stream()
                  .map(KindFold::kind)
                  .filter(one -> one != JobKind.ATTACK && one.label().equals(parts[2]))
                  .findFirst();
      int used = kind.isPresent() ? 3 : 2;
      if (parts.length < 2 || parts.length > used + 1) {
        throw noPiece(key);
      }
      String part = parts.length == used ? "" : "/" + parts[used];
      if (!part.isEmpty()
          && !part.equals(LIMITS)
          && !part.equals(FORMER_LIMITS)
          && !part.matches("/\\d{1,18}")) {
        throw noPiece(key);
      }
      return new Key(parts[0], new Subject(kind.orElse(JobKind.ATTACK), parts[0], parts[1]), part);
    }
  }

  private static KindFold fold(Subject subject) {
    return Folds.of(subject.kind()).orElseThrow();
  }

  /** The pieces of a state; a piece that did not change is the same object as before. */
  public static Map<String, Object> split(State state) {
    Map<String, Object> pieces = new TreeMap<>();
    state.subjects().forEach((subject, known) -> splitSubject(prefix(subject), known, pieces));
    pieces.putAll(state.campaigns());
    if (state.refusals() != Refusals.NONE) {
      pieces.put(REFUSALS, state.refusals());
    }
    return pieces;
  }

  private static String prefix(Subject subject) {
    return subject.kind() == JobKind.ATTACK ? subject.key() : subject.key() + "/" + subject.kind();
  }

  private static void splitSubject(String prefix, SubjectState state, Map<String, Object> pieces) {
    pieces.put(prefix, state.summary());
    if (state.limits() != null) {
      pieces.put(prefix + LIMITS, state.limits());
    }
    if (state.formerLimits() != null) {
      pieces.put(prefix + FORMER_LIMITS, state.formerLimits());
    }
    state.windows().forEach((index, window) -> pieces.put(prefix + "/" + index, window));
  }

  /**
   * The piece of this key.
   *
   * @param reader gives what was written, as an object of a class
   * @throws InvalidInputException if the key names none, or by the reader
   */
  public static Object read(@Nullable String key, Function<Class<?>, ?> reader) {
    if (REFUSALS.equals(key)) {
      return reader.apply(Refusals.class);
    }
    Key parsed = Key.parse(key);
    if (parsed.subject() == null) {
      return ((CampaignFailures.Written) reader.apply(CampaignFailures.Written.class)).failures();
    }
    return switch (parsed.part()) {
      case "" -> reader.apply(SubjectSummary.class);
      case "/older" -> reader.apply(OlderPair.class);
      case LIMITS, FORMER_LIMITS ->
          reader.apply(parsed.subject().kind().limits().orElseThrow().message());
      default -> ((WrittenWindow) reader.apply(fold(parsed.subject()).written())).state();
    };
  }

  private static InvalidInputException noPiece(@Nullable String key) {
    return new InvalidInputException(
        "The key '"
            + key
            + "' names no piece of the aggregator's state; nothing else belongs here.");
  }

  /**
   * The state of these pieces: {@code join(split(state))} equals the state.
   *
   * @param pieces by key, each as {@link #read} gives it
   */
  public static State join(Map<String, Object> pieces) {
    State state = State.empty();
    for (Map.Entry<String, Object> entry : pieces.entrySet()) {
      Object piece = entry.getValue();
      if (REFUSALS.equals(entry.getKey())) {
        state = state.with((Refusals) piece);
      } else {
        Key key = Key.parse(entry.getKey());
        state =
            key.subject() == null
                ? state.with(key.campaign(), (CampaignFailures) piece)
                : state.with(key.subject(), joined(state, key.subject(), key.part(), piece));
      }
    }
    return state;
  }

  private static SubjectState joined(State state, Subject subject, String part, Object piece) {
    SubjectState before = state.of(subject).orElseGet(() -> SubjectState.empty(fold(subject)));
    return switch (part) {
      case "" -> before.with((SubjectSummary) piece);
      case "/older" -> ((OlderPair) piece).state(fold(subject));
      case LIMITS -> before.with((Limits) piece, before.formerLimits());
      case FORMER_LIMITS -> before.with(before.limits(), (Limits) piece);
      default -> before.with((WindowState) piece);
    };
  }
}
