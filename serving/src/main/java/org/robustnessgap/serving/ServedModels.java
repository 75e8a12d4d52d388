package org.robustnessgap.serving;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.ModelServer;
import org.robustnessgap.serving.call.PatientCalls;
import org.robustnessgap.serving.call.Timer;

/** Makes classifiers that can be asked of the addresses of served models. */
public final class ServedModels {
  private final Deadlines deadlines;
  private final Timer timer;

  /** How long a server may take, and how time passes. */
  public ServedModels(Deadlines deadlines, Timer timer) {
    this.deadlines = deadlines;
    this.timer = timer;
  }

  /** With the usual deadlines. */
  public ServedModels() {
    this(Deadlines.STANDARD, Timer.SYSTEM);
  }

  /**
   * Asks nothing, and looks at no file: what workers read may not be here.
   *
   * @throws InvalidInputException if the location of a model looks like an address, but is of no
   *     form that is known
   */
  public static void requireForm(ModelReference reference) {
    String location = reference.location();
    if (reference.served()) {
      ServerAddress.open(location, Endpoint.STANDARD, new Credentials(null), Deadlines.STANDARD)
          .close();
    } else if (location.contains("://")) {
      throw new InvalidInputException(
          "The location "
              + location
              + " of "
              + reference.name()
              + " is an address of no known form; write oip+http://HOST:PORT/v2/models/MODEL or oip+grpc, with an s for TLS, http://HOST:PORT/invocations, models:/NAME@ALIAS, or the path of a file.");
    }
  }

  /**
   * Finds out how a served model is asked, with a few questions, and makes it ready.
   *
   * @param reference whose location is an address
   * @param imageShape shape of the images that it will be asked about; null to take what its server
   *     states
   * @param queriesPerSecond most images a second; null for no limit
   * @throws InvalidInputException if it cannot be asked, with the reason and the remedy
   * @throws ServerUnavailableException if it does not answer now, but may later
   */
  public QueriedClassifier open(
      ModelReference reference,
      @Nullable List<Long> imageShape,
      @Nullable Double queriesPerSecond) {
    return classifier(reference, imageShape, queriesPerSecond);
  }

  ServedClassifier classifier(
      ModelReference reference,
      @Nullable List<Long> imageShape,
      @Nullable Double queriesPerSecond) {
    Endpoint endpoint = reference.endpointOrStandard();
    PatientCalls calls = new PatientCalls(reference.name(), queriesPerSecond, timer);
    ModelServer server =
        ServerAddress.open(
            reference.location(), endpoint, new Credentials(endpoint.credentials()), deadlines);
    try {
      Contacting contacting =
          new Contacting(reference.name(), endpoint, pixels(reference.input()), calls, timer);
      Contact contact = contacting.of(server, imageShape);
      return new ServedClassifier(
          reference.name(),
          endpoint,
          server,
          calls,
          contact,
          form(reference.name(), endpoint, contact),
          contacting.probes(contact.input(), Probes.MOST));
    } catch (ServerUnavailableException e) {
      server.close();
      throw e.afterQueries(calls.queries());
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /**
   * What the answers of a model mean.
   *
   * @throws InvalidInputException if the first do not tell
   */
  static AnswerForm form(String model, Endpoint endpoint, Contact contact) {
    Way way = contact.way();
    return AnswerForms.of(
        model,
        AnswerForms.output(model, way.answer(), endpoint),
        way.images(),
        endpoint,
        contact.metadata());
  }

  /** What black and white are when a model gets them, before any mean is subtracted. */
  static PixelRange pixels(@Nullable InputContract input) {
    if (input == null) {
      return PixelSpace.STANDARD.range();
    }
    PixelRange range = input.model().range();
    return range == null ? input.pixels().range() : range;
  }
}
