package org.robustnessgap.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.InferenceTransport;
import org.robustnessgap.serving.call.ModelServer;
import org.robustnessgap.serving.call.OutputTensor;
import org.robustnessgap.serving.call.PatientCalls;
import org.robustnessgap.serving.call.Timer;

/** Finds out of a served model what a campaign should know before it begins. */
public final class Attaching {
  /** Larger batches are not tried after one that took longer. */
  private static final double PATIENCE_MILLIS = 4_000;

  private static final double NANOS_OF_MILLI = 1e6;

  private final Deadlines deadlines;
  private final Timer timer;

  /** How long a server may take, and how time passes. */
  public Attaching(Deadlines deadlines, Timer timer) {
    this.deadlines = deadlines;
    this.timer = timer;
  }

  /** With the usual deadlines. */
  public Attaching() {
    this(Deadlines.STANDARD, Timer.SYSTEM);
  }

  /**
   * Asks about some hundred images.
   *
   * @param reference whose location is an address
   * @param imageShape shape of the images that there are; null if there are none yet
   * @param queriesPerSecond most images a second; null for no limit
   * @throws InvalidInputException if it cannot be asked, with the reason and the remedy
   * @throws ServerUnavailableException if it does not answer now, but may later
   */
  public Attachment of(
      ModelReference reference,
      @Nullable List<Long> imageShape,
      @Nullable Double queriesPerSecond) {
    try {
      return asked(reference, imageShape, queriesPerSecond);
    } catch (InvalidInputException | ServerUnavailableException e) {
      if (e.getCause() instanceof CallFailure failure) {
        OtherPort.require(reference, failure, deadlines);
      }
      throw e;
    }
  }

  private Attachment asked(
      ModelReference reference,
      @Nullable List<Long> imageShape,
      @Nullable Double queriesPerSecond) {
    Endpoint endpoint = reference.endpointOrStandard();
    PatientCalls calls = new PatientCalls(reference.name(), queriesPerSecond, timer);
    try (ModelServer server =
        ServerAddress.open(
            reference.location(), endpoint, new Credentials(endpoint.credentials()), deadlines)) {
      Contacting contacting =
          new Contacting(
              reference.name(), endpoint, ServedModels.pixels(reference.input()), calls, timer);
      Contact contact = contacting.of(server, imageShape);
      Rows probes = contacting.probes(contact.input(), Probes.MOST);
      return new Asked(reference, server, calls, contact, probes).attachment();
    }
  }

  /** One model, once it has answered. */
  private final class Asked {
    private final ModelReference reference;
    private final Endpoint endpoint;
    private final ModelServer server;
    private final PatientCalls calls;
    private final Contact contact;
    private final InferenceTransport transport;
    private final Rows probes;

    Asked(
        ModelReference reference,
        ModelServer server,
        PatientCalls calls,
        Contact contact,
        Rows probes) {
      this.reference = reference;
      this.endpoint = reference.endpointOrStandard();
      this.server = server;
      this.calls = calls;
      this.contact = contact;
      this.transport = contact.way().transport();
      this.probes = probes;
    }

    Attachment attachment() {
      List<Attachment.Batch> batches = batches();
      List<Answer> answers = answers();
      boolean deterministic = SameAnswers.test(answers.get(0), answer(probes.slice(0, 1)));
      List<String> problems = new ArrayList<>();
      AnswerForm form = form(problems);
      requireNumbers(form, answers);
      ModelIdentity identity = form == null ? null : classifier(form).identity();
      problems.addAll(Suspicions.of(reference, contact, answers, deterministic, identity == null));
      return new Attachment(
          reference.location(),
          contact.metadata().server(),
          contact.metadata().platform(),
          contact.metadata().versions(),
          identity,
          form == null ? null : allowed(form.access()),
          server.namesInputs() ? contact.input().name() : endpoint.input(),
          contact.input().type().name(),
          contact.input().imageShape(),
          answers.get(0).outputs().stream().map(OutputTensor::name).toList(),
          form == null ? null : form.classes(),
          labels(form, answers),
          contact.ways().stream().map(Attaching::tried).toList(),
          transport.name(),
          batches,
          deterministic,
          calls.queries(),
          problems);
    }

    /** Of growing size, until one is refused or takes long. */
    private List<Attachment.Batch> batches() {
      List<Attachment.Batch> batches = new ArrayList<>();
      long bytes = (long) probes.width() * contact.input().type().bytes();
      for (int n = 1; n <= contact.largestBatch(); n *= 2) {
        if (n > 1 && n * bytes > transport.largestRequest()) {
          break;
        }
        int[] indices = new int[n];
        Arrays.setAll(indices, i -> i % probes.count());
        long begun = timer.nanos();
        try {
          calls.infer(transport, contact.input().tensor(probes.select(indices)));
        } catch (CallFailure e) {
          if (n == 1) {
            throw refused(e);
          }
          break;
        }
        double millis = (timer.nanos() - begun) / NANOS_OF_MILLI;
        batches.add(new Attachment.Batch(n, millis / n));
        if (millis > PATIENCE_MILLIS) {
          break;
        }
      }
      return batches;
    }

    private InvalidInputException refused(CallFailure failure) {
      return new InvalidInputException(calls.sentence(failure), failure);
    }

    /** About each of the probes. */
    private List<Answer> answers() {
      return IntStream.range(0, probes.count())
          .mapToObj(i -> answer(probes.slice(i, i + 1)))
          .toList();
    }

    private Answer answer(Rows image) {
      try {
        return calls.infer(transport, contact.input().tensor(image));
      } catch (CallFailure e) {
        throw refused(e);
      }
    }

    /** What is not known is a problem, and not yet a reason to tell nothing. */
    private @Nullable AnswerForm form(List<String> problems) {
      try {
        return ServedModels.form(reference.name(), endpoint, contact);
      } catch (InvalidInputException e) {
        problems.add(e.getMessage());
        return null;
      }
    }

    /** What answers no number of a class for any image fails for each sample. */
    private void requireNumbers(@Nullable AnswerForm form, List<Answer> answers) {
      if (form != null && answers.stream().noneMatch(answer -> isKnown(form, answer))) {
        throw new InvalidInputException(
            String.format(
                "%s answered NaN or null about each of the %d images that it was asked about, so it cannot be measured; see its own log, and whether it wants other pixels, which you state as the model's input.",
                reference.name(), answers.size()));
      }
    }

    private boolean isKnown(AnswerForm form, Answer answer) {
      OutputTensor output = AnswerForms.output(reference.name(), answer, endpoint);
      float[] row = new float[form.classes()];
      form.read(output, 0, AnswerForms.elements(reference.name(), output, 1), row);
      for (float score : row) {
        if (Float.isNaN(score)) {
          return false;
        }
      }
      return true;
    }

    private ServedClassifier classifier(AnswerForm form) {
      return new ServedClassifier(reference.name(), endpoint, server, calls, contact, form, probes);
    }

    private Access allowed(Access found) {
      return endpoint.access() == null ? found : found.atMost(endpoint.access());
    }

    /** Those that were answered, each once. */
    private List<String> labels(@Nullable AnswerForm form, List<Answer> answers) {
      if (form != null && form.access() != Access.LABELS) {
        return List.of();
      }
      return answers.stream()
          .map(answer -> AnswerForms.output(reference.name(), answer, endpoint))
          .filter(output -> output.size() == 1)
          .map(output -> LabelForm.text(output, 0))
          .distinct()
          .sorted()
          .toList();
    }
  }

  private static Attachment.Tried tried(Way way) {
    CallFailure failure = way.failure();
    return way.works()
        ? new Attachment.Tried(way.transport().name(), way.millis(), null)
        : new Attachment.Tried(
            way.transport().name(), null, failure == null ? null : failure.getMessage());
  }
}
