package org.robustnessgap.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.query.ModelChangedException;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.call.InferenceTransport;
import org.robustnessgap.serving.call.ModelServer;
import org.robustnessgap.serving.call.OutputTensor;
import org.robustnessgap.serving.call.PatientCalls;

/**
 * A model behind a server. One that answers the same images differently is asked three times about
 * each, and the answers vote.
 */
public final class ServedClassifier implements QueriedClassifier {
  private static final int VOTES = 3;

  /** Differences, relative to the largest score, that do not count as another answer. */
  private static final double SAME = 1e-4;

  /** A fingerprint of labels needs more of them. */
  private static final int SCORE_PROBES = 2;

  /** What is given as fingerprint where answers differ anyhow, and no version is told. */
  private static final String UNSTEADY = "unsteady";

  private final String name;
  private final Endpoint endpoint;
  private final ModelServer server;
  private final PatientCalls calls;
  private final Contact contact;
  private final AnswerForm form;
  private final Access access;
  private final Rows probes;
  private final Fingerprint fingerprint = new Fingerprint();
  private final boolean deterministic;
  private int largestBatch;
  private @Nullable String version;
  private ModelIdentity identity;

  /**
   * Asks about the same images twice.
   *
   * @param probes by which it is recognised, [2 or more, values]
   */
  ServedClassifier(
      String name,
      Endpoint endpoint,
      ModelServer server,
      PatientCalls calls,
      Contact contact,
      AnswerForm form,
      Rows probes) {
    this.name = name;
    this.endpoint = endpoint;
    this.server = server;
    this.calls = calls;
    this.contact = contact;
    this.form = form;
    this.access =
        endpoint.access() == null ? form.access() : form.access().atMost(endpoint.access());
    this.probes = form.access().tellsScores() ? probes.slice(0, SCORE_PROBES) : probes;
    InferenceTransport transport = contact.way().transport();
    long bytes = (long) contact.input().values() * contact.input().type().bytes();
    this.largestBatch =
        (int) Math.max(1, Math.min(contact.largestBatch(), transport.largestRequest() / bytes));
    Rows once = asked(this.probes, null);
    Rows again = asked(this.probes, null);
    this.deterministic = Fingerprint.same(once, again, SAME);
    this.identity = identity(again);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Access access() {
    return access;
  }

  @Override
  public int classes() {
    return form.classes();
  }

  @Override
  public List<Long> imageShape() {
    return contact.input().imageShape();
  }

  /** Whether it answered the same images the same way twice. */
  public boolean isDeterministic() {
    return deterministic;
  }

  /** How many images it was asked about so far, whoever wanted to know. */
  @Override
  public long queries() {
    return calls.queries();
  }

  /** Most images in a request, as far as is known by now. */
  public int largestBatch() {
    return largestBatch;
  }

  /** How it is asked, for people: {@code JSON over HTTP}, for instance. */
  public String transport() {
    return contact.way().transport().name();
  }

  /** What was found out when it was asked first. */
  Contact contact() {
    return contact;
  }

  @Override
  public Rows sent(Rows images) {
    return contact.input().sent(images);
  }

  @Override
  public Rows ask(Rows images) {
    Rows answers = asked(images, identity);
    if (!deterministic) {
      List<Rows> askings = new ArrayList<>(List.of(answers));
      while (askings.size() < VOTES) {
        askings.add(asked(images, identity));
      }
      answers = Vote.of(askings);
    }
    return Reduction.of(answers, form.access(), access);
  }

  @Override
  public ModelIdentity identity() {
    identity = identity(asked(probes, null));
    // The last that a job asks.
    calls.settle();
    return identity;
  }

  private ModelIdentity identity(Rows answers) {
    String print = deterministic ? fingerprint.of(answers, form.access()) : null;
    return new ModelIdentity(version, null, print == null && version == null ? UNSTEADY : print);
  }

  /**
   * Asks in batches, smaller ones if the server takes no larger.
   *
   * @param expected which model is to answer; null for any
   * @throws ModelChangedException if another version answers
   */
  private Rows asked(Rows images, @Nullable ModelIdentity expected) {
    float[] values = new float[images.count() * form.classes()];
    int from = 0;
    while (from < images.count()) {
      int to = Math.min(images.count(), from + largestBatch);
      try {
        Answer answer =
            calls.infer(contact.way().transport(), contact.input().tensor(images.slice(from, to)));
        version = answer.modelVersion();
        requireVersion(expected);
        read(AnswerForms.output(name, answer, endpoint), from, to, values);
        from = to;
      } catch (CallFailure e) {
        if (e.kind() != Kind.TOO_LARGE || to - from == 1) {
          throw refused(e);
        }
        Integer limit = e.largestBatch();
        largestBatch = limit != null && limit >= 1 && limit < to - from ? limit : (to - from) / 2;
      }
    }
    return new Rows(values, form.classes());
  }

  private void requireVersion(@Nullable ModelIdentity expected) {
    if (expected != null && !Objects.equals(version, expected.version())) {
      String now = version == null ? "none that it tells" : version;
      throw new ModelChangedException(name, expected, new ModelIdentity(now, null, null));
    }
  }

  private void read(OutputTensor output, int from, int to, float[] values) {
    int count = AnswerForms.elements(name, output, to - from);
    for (int i = from; i < to; i++) {
      float[] row = new float[form.classes()];
      form.read(output, (i - from) * count, count, row);
      System.arraycopy(row, 0, values, i * row.length, row.length);
    }
  }

  /** A model that answered before is not unknown but unloaded. */
  private RuntimeException refused(CallFailure failure) {
    return failure.kind() == Kind.UNKNOWN_MODEL
        ? new ServerUnavailableException(calls.sentence(failure), failure.waitMillis(), failure)
        : new InvalidInputException(calls.sentence(failure), failure);
  }

  @Override
  public void close() {
    server.close();
  }
}
