package org.robustnessgap.deploy.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.Interpolation;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.PixelType;
import org.robustnessgap.messages.Resize;

/** An input contract as the command line writes it: what {@link ContractOptions} reads. */
public final class ContractArguments {
  private final List<String> arguments = new ArrayList<>();

  private ContractArguments() {}

  /** The options that make this contract, without those that are defaults; at least one. */
  public static List<String> of(InputContract contract) {
    ContractArguments written = new ContractArguments();
    written.pixels(contract.pixels());
    if (contract.resize() != null) {
      written.resize(contract.resize());
    }
    written.add("--crop", contract.crop() == null ? null : size(contract.crop()));
    written.add("--crop-rounding", contract.cropRounding());
    written.model(contract.model());
    if (written.arguments.isEmpty()) {
      written.add("--range", range(contract.pixels().range()));
    }
    return written.arguments;
  }

  private void pixels(PixelSpace pixels) {
    add("--layout", pixels.layout());
    add("--pixel-type", pixels.type() == PixelType.FLOAT ? null : pixels.type());
    PixelRange usual = new PixelSpace(null, pixels.type(), null, null).range();
    add("--range", pixels.range().equals(usual) ? null : range(pixels.range()));
    add("--colour", pixels.colour());
  }

  private void resize(Resize resize) {
    add("--resize", size(resize.size()));
    boolean usual = resize.interpolation() == Interpolation.BILINEAR;
    add("--interpolation", usual ? null : resize.interpolation());
    if (!resize.antialias()) {
      arguments.add("--no-antialias");
    }
  }

  private void model(ModelInput model) {
    add("--model-layout", model.layout());
    add("--model-type", model.type());
    add("--model-range", model.range() == null ? null : range(model.range()));
    add("--model-colour", model.colour());
    add("--mean", model.mean() == null ? null : numbers(model.mean()));
    add("--std", model.std() == null ? null : numbers(model.std()));
  }

  private void add(String option, @Nullable Object value) {
    if (value != null) {
      arguments.add(option + "=" + value);
    }
  }

  private static String size(List<Integer> size) {
    return size.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  private static String range(PixelRange range) {
    return numbers(List.of(range.lower(), range.upper()));
  }

  private static String numbers(List<Double> numbers) {
    return numbers.stream()
        .map(number -> BigDecimal.valueOf(number).stripTrailingZeros().toPlainString())
        .collect(Collectors.joining(","));
  }
}
