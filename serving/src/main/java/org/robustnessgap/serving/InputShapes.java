package org.robustnessgap.serving;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Which shape images have that a model takes, by what its server states and what its user says.
 *
 * @param image shape of one
 * @param single shape of the tensor where it takes a single image; null where it takes any number
 */
record InputShapes(List<Long> image, @Nullable List<Long> single) {
  private static final long ANY = -1;

  /**
   * @param model for messages
   * @param stated by the server, with the batch; -1 for any size; empty if it states none
   * @param given shape of the images that there are; null if there are none yet
   * @throws InvalidInputException if nothing tells the shape, or what tells it disagrees
   */
  static InputShapes of(
      String model, List<Long> stated, Endpoint endpoint, @Nullable List<Long> given) {
    List<Long> named =
        endpoint.image() == null
            ? null
            : endpoint.image().stream().map(Integer::longValue).toList();
    if (named != null && given != null && values(named) != values(given)) {
      throw new InvalidInputException(
          model
              + " is given images of shape "
              + given
              + ", but its endpoint's image is "
              + named
              + "; let that be the shape of the images (--image-size), or leave it out.");
    }
    List<Long> wanted = named != null ? named : given;
    if (stated.isEmpty()) {
      if (wanted == null) {
        throw new InvalidInputException(
            "The server of "
                + model
                + " does not state which images it takes; name their shape, --image-size 3x224x224 for instance, or [3, 224, 224] as the endpoint's image.");
      }
      return new InputShapes(wanted, null);
    }
    return stated.contains(ANY)
        ? ofAnySize(model, stated, wanted, named != null)
        : ofFixedSize(model, stated, wanted, named != null);
  }

  private static InputShapes ofAnySize(
      String model, List<Long> stated, @Nullable List<Long> wanted, boolean named) {
    boolean anyBatch = stated.get(0) == ANY;
    List<Long> rest = stated.subList(1, stated.size());
    List<Long> image = rest;
    if (rest.isEmpty() || rest.contains(ANY)) {
      if (wanted == null) {
        throw new InvalidInputException(
            model
                + " takes images of shape "
                + rest
                + ", where -1 is any size; name the shape of yours as the endpoint's image.");
      }
      image = wanted;
    }
    if (wanted != null && !fits(wanted, rest)) {
      throw disagree(model, rest, wanted, named);
    }
    return new InputShapes(
        image, anyBatch ? null : Stream.concat(Stream.of(stated.get(0)), image.stream()).toList());
  }

  private static boolean fits(List<Long> wanted, List<Long> rest) {
    if (!rest.contains(ANY)) {
      return values(wanted) == values(rest);
    }
    boolean fits = rest.size() == wanted.size();
    for (int i = 0; fits && i < rest.size(); i++) {
      fits = rest.get(i) == ANY || rest.get(i).equals(wanted.get(i));
    }
    return fits;
  }

  /** A tensor of one image, with or without a batch of one. */
  private static InputShapes ofFixedSize(
      String model, List<Long> stated, @Nullable List<Long> wanted, boolean named) {
    boolean one = stated.size() > 1 && stated.get(0) == 1;
    List<Long> image = one ? stated.subList(1, stated.size()) : stated;
    if (wanted != null && values(wanted) != values(stated)) {
      throw disagree(model, stated, wanted, named);
    }
    return new InputShapes(wanted == null ? image : wanted, stated);
  }

  private static InvalidInputException disagree(
      String model, List<Long> stated, List<Long> wanted, boolean named) {
    return new InvalidInputException(
        String.format(
            named
                ? "%s takes images of shape %s, but its endpoint's image (--image-size) is %s; leave that out, for the server states it, or name the same."
                : "%s takes images of shape %s, but those it would be given have shape %s; name a generator, or images, of its shape, or what brings them to it as the model's input.",
            model,
            stated,
            wanted));
  }

  private static long values(List<Long> shape) {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
