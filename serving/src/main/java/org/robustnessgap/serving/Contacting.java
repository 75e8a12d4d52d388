package org.robustnessgap.serving;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.call.InferenceTransport;
import org.robustnessgap.serving.call.InputType;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.call.ModelServer;
import org.robustnessgap.serving.call.PatientCalls;
import org.robustnessgap.serving.call.Timer;

/**
 * Finds out how a model is asked: by what its server states, and what that leaves open by trying,
 * with one image and then with two. Servers differ in what they take and say little of it.
 */
final class Contacting {
  /** Where nobody names the tensor; most servers that state no name take any. */
  private static final List<String> NAMES =
      List.of("input-0", "input", "image", "images", "x", "pixel_values");

  /** Where nobody names the type. */
  private static final List<InputType> TYPES = List.of(InputType.FP64, InputType.UINT8);

  /** Most images at once where nothing sets a limit: a server has others to answer. */
  private static final int LARGEST_BATCH = 64;

  private final String model;
  private final Endpoint endpoint;
  private final PixelRange pixels;
  private final PatientCalls calls;
  private final Timer timer;

  /**
   * @param model what messages call it
   * @param pixels what black and white are where its type does not tell
   */
  Contacting(String model, Endpoint endpoint, PixelRange pixels, PatientCalls calls, Timer timer) {
    this.model = model;
    this.endpoint = endpoint;
    this.pixels = pixels;
    this.calls = calls;
    this.timer = timer;
  }

  /**
   * @param imageShape shape of the images that there are; null if there are none yet
   * @throws InvalidInputException if it cannot be asked, with the reason and the remedy
   * @throws ServerUnavailableException if it does not answer now, but may later
   */
  Contact of(ModelServer server, @Nullable List<Long> imageShape) {
    ModelMetadata metadata = metadata(server, imageShape != null || endpoint.image() != null);
    List<Way> tried = List.of();
    for (ServedInput input : inputs(metadata, server.namesInputs(), imageShape)) {
      List<Way> ways = ways(server, input);
      if (!Way.working(ways).isEmpty()) {
        return contact(metadata, input, ways);
      }
      // What the likeliest did tells most.
      tried = tried.isEmpty() ? ways : tried;
    }
    for (Way way : tried) {
      if (way.failure() != null) {
        throw refused(way.failure());
      }
    }
    throw new IllegalStateException("nothing was tried");
  }

  /**
   * @param shaped whether the shape of images is known without
   */
  private ModelMetadata metadata(ModelServer server, boolean shaped) {
    try {
      return calls.send(server::metadata);
    } catch (CallFailure e) {
      // Of another protocol nobody should be told that a shape is missing.
      if (e.kind() == Kind.UNKNOWN_MODEL || e.kind() == Kind.FOREIGN && !shaped) {
        throw refused(e);
      }
      // Some gateways let nothing through but questions.
      return ModelMetadata.NOTHING;
    }
  }

  private InvalidInputException refused(CallFailure failure) {
    return new InvalidInputException(calls.sentence(failure), failure);
  }

  /** What may be its input, the likeliest first. */
  private List<ServedInput> inputs(
      ModelMetadata metadata, boolean named, @Nullable List<Long> imageShape) {
    Optional<ModelMetadata.Tensor> stated = stated(metadata);
    InputShapes shapes =
        InputShapes.of(
            model, stated.map(ModelMetadata.Tensor::shape).orElse(List.of()), endpoint, imageShape);
    String name = endpoint.input() != null ? endpoint.input() : NAMES.get(0);
    ServedInput likeliest =
        new ServedInput(
            stated.map(ModelMetadata.Tensor::name).orElse(name),
            stated.map(this::type).orElse(InputType.FP32),
            shapes.image(),
            shapes.single());
    List<ServedInput> inputs = new ArrayList<>(List.of(likeliest));
    if (shapes.image().equals(shapes.single())) {
      // Authors who write metadata by hand leave the batch out.
      inputs.add(likeliest.ofMany());
    }
    if (stated.isEmpty()) {
      TYPES.stream().map(likeliest::of).forEach(inputs::add);
      if (named && endpoint.input() == null) {
        NAMES.stream().skip(1).map(likeliest::named).forEach(inputs::add);
      }
    }
    return inputs;
  }

  private Optional<ModelMetadata.Tensor> stated(ModelMetadata metadata) {
    List<ModelMetadata.Tensor> inputs = metadata.inputs();
    String names =
        inputs.stream().map(ModelMetadata.Tensor::name).collect(Collectors.joining(", "));
    if (inputs.size() > 1) {
      throw new InvalidInputException(
          model
              + " takes several tensors, "
              + names
              + ", but images are all that is sent; serve it with one.");
    }
    Optional<ModelMetadata.Tensor> stated = inputs.stream().findFirst();
    if (stated.isPresent() && endpoint.input() != null && !names.equals(endpoint.input())) {
      throw new InvalidInputException(
          model
              + " takes no input '"
              + endpoint.input()
              + "' but '"
              + names
              + "'; name that as the endpoint's, or none.");
    }
    return stated;
  }

  private InputType type(ModelMetadata.Tensor stated) {
    return InputType.named(stated.datatype())
        .orElseThrow(
            () ->
                new InvalidInputException(
                    model
                        + " takes "
                        + stated.datatype()
                        + ", which are no pixels; serve it so that it takes FP32 or UINT8."));
  }

  private List<Way> ways(ModelServer server, ServedInput input) {
    return server.transports().stream().map(transport -> tried(transport, input)).toList();
  }

  private Way tried(InferenceTransport transport, ServedInput input) {
    Rows probes = probes(input, 2);
    Answer one = null;
    long begun = timer.nanos();
    try {
      one = calls.infer(transport, input.tensor(probes.slice(0, 1)));
      double millis = since(begun);
      if (input.single() != null || endpoint.batch() != null && endpoint.batch() == 1) {
        return new Way(transport, one, null, millis, null);
      }
      begun = timer.nanos();
      Answer two = calls.infer(transport, input.tensor(probes));
      return new Way(transport, one, ofBoth(two) ? two : null, since(begun), null);
    } catch (CallFailure e) {
      return new Way(transport, one, null, since(begun), e);
    }
  }

  /** Some models answer about the first image of a batch only. */
  private boolean ofBoth(Answer answer) {
    try {
      AnswerForms.elements(model, AnswerForms.output(model, answer, endpoint), 2);
      return true;
    } catch (InvalidInputException e) {
      return false;
    }
  }

  private double since(long begun) {
    return (timer.nanos() - begun) / 1e6;
  }

  /** The first images of {@link Probes} as a model takes them. */
  Rows probes(ServedInput input, int n) {
    boolean whole = input.type() == InputType.UINT8;
    return Probes.of(
        n,
        input.values(),
        whole ? 0 : pixels.lower(),
        whole ? input.type().white() : pixels.upper());
  }

  private Contact contact(ModelMetadata metadata, ServedInput input, List<Way> tried) {
    // The first request of a way pays for connections and caches.
    List<Way> ways =
        Way.working(tried).size() < 2
            ? tried
            : tried.stream().map(way -> way.works() ? again(way, input) : way).toList();
    List<Way> working = Way.working(ways);
    Way first = working.get(0);
    Way way =
        working.stream()
            .filter(
                each ->
                    each.images() >= first.images() && SameAnswers.test(each.one(), first.one()))
            .min(Comparator.comparingDouble(Way::millis))
            .orElse(first);
    int largest = endpoint.batch() == null ? LARGEST_BATCH : endpoint.batch();
    return new Contact(metadata, input, ways, way, way.images() == 1 ? 1 : largest);
  }

  /** The same, with the time of another request if that is shorter. */
  private Way again(Way way, ServedInput input) {
    long begun = timer.nanos();
    try {
      calls.infer(way.transport(), input.tensor(probes(input, way.images())));
    } catch (CallFailure e) {
      return way;
    }
    return way.within(since(begun));
  }
}
