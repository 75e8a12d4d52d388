package org.robustnessgap.deploy.limit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What no classifier can exceed, by how often it answers each class, or by images alone. */
@Command(
    name = "limit",
    mixinStandardHelpOptions = true,
    description = {
      "Prints what bounds the robustness of any classifier, from numbers or from images alone.",
      "",
      "With --dimension: the largest latent robustness. It follows from how often the classifier",
      "answers each class: a fraction p of the data changes class within the limit at quantile p",
      "(Fawzi, Fawzi, Fawzi 2018, Theorem 1). Exact; normalised by E‖z‖, z ~ N(0, I).",
      "",
      "With --images: an estimate from above of how much adversarial risk the images force on a",
      "classifier that errs. Needs no generator and no classifier: it searches for sets of errors",
      "that few images are near (Mahloujifar and others 2019, Prescott and others 2021). The data",
      "force at most what the set found has, as far as these sets show.",
      "",
      "docs/explanation/theory.md explains every statement."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  robustness-gap limit --dimension 100 --equiprobable 10",
      "  robustness-gap limit --dimension 100 --classes 0.5,0.3,0.2 --quantile 0.25 --json",
      "  robustness-gap limit --dimension 100 --counts 51,32,17",
      "  robustness-gap limit --dimension 100 --counts 51,32,17 --mix 10,20,70",
      "  robustness-gap limit --dimension 100 --equiprobable 10 --disagreement 12/512",
      "  robustness-gap limit --dimension 100 --equiprobable 10 --lipschitz 25 --wasserstein 0.5",
      "  robustness-gap limit --dimension 100 --equiprobable 10 --plot limit.svg",
      "  robustness-gap limit --images train-images-idx3-ubyte --samples 60000 --risk 0.01 --norm linf --epsilon 0.1,0.3",
      "  robustness-gap limit --images cifar10.u8 --image-size 3x32x32 --samples 50000 --risk 0.05 --norm linf --epsilon 8/255"
    })
public final class LimitCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  private Given given;

  /** One of both is not null. */
  private static final class Given {
    @ArgGroup(
        exclusive = false,
        multiplicity = "1",
        heading = "%nFrom how often each class is answered:%n")
    private @Nullable LimitOfClasses classes;

    @ArgGroup(exclusive = false, multiplicity = "1", heading = "%nFrom images alone:%n")
    private @Nullable LimitOfImages images;
  }

  @Option(
      names = "--risk",
      paramLabel = "A",
      description =
          "How much of the data a classifier gets wrong, for instance 0.01. With --images it must be"
              + " given; with --dimension it adds how near the errors are.")
  private @Nullable Double risk;

  @Override
  public Integer call() throws JsonProcessingException {
    if (given.images != null) {
      System.out.print(given.images.text(requiredRisk()));
    } else if (given.classes != null) {
      System.out.print(given.classes.text(risk));
    }
    return 0;
  }

  private double requiredRisk() {
    if (risk == null) {
      throw new InvalidInputException(
          "--images needs --risk, how much of the data a classifier gets wrong, for instance 0.01.");
    }
    return risk;
  }
}
