package org.robustnessgap.deploy.measure;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine.Option;

/** To which mix of classes figures are weighted, on the command line. */
final class MixOptions {
  @Option(
      names = "--mix",
      paramLabel = "PATH",
      description =
          "Also weight limits and distances to the mix of classes of these images of your own, as"
              + " each classifier labels them; files as of --images, without a generator.")
  private @Nullable Path images;

  @Option(
      names = "--mix-counts",
      paramLabel = "N",
      split = ",",
      description =
          "The same to a mix that is counted already: labels that the classifier gave of each class,"
              + " n1,n2,…, as measure --images prints them.")
  private @Nullable List<Long> counts;

  /**
   * A mix of each classifier.
   *
   * @param name of what has it, for people
   * @param counts labels of each class, by classifier
   */
  record Mix(String name, Map<String, List<Long>> counts) {}

  /**
   * What the options say; images are labelled here.
   *
   * @return empty if none is given
   * @throws InvalidInputException if the campaign has no generator, images cannot be read or have
   *     other pixels than the generator's, or counts are of other classes
   */
  Optional<Mix> mix(Campaign campaign, ModelCache models) {
    if (images == null && counts == null) {
      return Optional.empty();
    }
    if (images != null && counts != null) {
      throw new InvalidInputException(
          "--mix and --mix-counts say the same in two ways; leave out one of the two.");
    }
    if (campaign.data() != null) {
      throw new InvalidInputException(
          "A generator's samples are weighted to a mix, and images of your own have theirs; leave"
              + " out "
              + (images == null ? "--mix-counts." : "--mix."));
    }
    return Optional.of(images == null ? counted(campaign, models) : labelled(campaign, models));
  }

  private Mix labelled(Campaign campaign, ModelCache models) {
    Path path = Optional.ofNullable(images).orElseThrow();
    return new Mix(
        path.toAbsolutePath().normalize().getFileName().toString(),
        new MixImages(path, campaign, models).labels());
  }

  private Mix counted(Campaign campaign, ModelCache models) {
    List<Long> given = Optional.ofNullable(counts).orElseThrow();
    if (campaign.classifiers().size() > 1) {
      throw new InvalidInputException(
          "--mix-counts are labels that one classifier gave, and there are "
              + campaign.classifiers().size()
              + "; measure them one by one, or give the images with --mix.");
    }
    if (given.stream().anyMatch(count -> count < 0)
        || given.stream().allMatch(count -> count == 0)) {
      throw new InvalidInputException(
          "--mix-counts must be numbers of labels, none below 0 and not all 0.");
    }
    var classifier = campaign.classifiers().get(0);
    int classes = models.target(campaign.source(), classifier).classes();
    if (given.size() != classes) {
      throw new InvalidInputException(
          String.format(
              "--mix-counts has %d numbers, but %s has %d classes; give one for each.",
              given.size(), classifier.name(), classes));
    }
    Map<String, List<Long>> byClassifier = new LinkedHashMap<>();
    byClassifier.put(classifier.name(), given);
    return new Mix("the labels counted", byClassifier);
  }
}
