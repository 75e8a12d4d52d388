package org.robustnessgap.serving.fake;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What a fake model answers, before a protocol writes it. */
record FakeAnswer(
    String name, String datatype, List<Long> shape, double[] numbers, List<String> texts) {
  private static final AtomicInteger ASKED = new AtomicInteger();

  static FakeAnswer of(FakeModel model, FakeModel.Fault fault, List<float[]> images) {
    List<double[]> scores = new ArrayList<>();
    for (float[] image : images) {
      double[] row = model.classifier.scores(image);
      switch (fault) {
        case NAN -> row[0] = Double.NaN;
        // Another class each time.
        case RANDOM -> row[ASKED.incrementAndGet() % row.length] += 100;
        default -> {}
      }
      scores.add(row);
    }
    long n = fault == FakeModel.Fault.WRONG_SHAPE ? images.size() + 1L : images.size();
    int k = scores.get(0).length;
    return switch (model.form) {
      case SCORES -> numbers("logits", "FP32", List.of(n, (long) k), scores);
      case PROBABILITIES ->
          numbers(
              "probabilities",
              "FP32",
              List.of(n, (long) k),
              scores.stream().map(FakeAnswer::softmax).toList());
      case NUMBERS ->
          numbers(
              "label",
              "INT64",
              List.of(n, 1L),
              scores.stream().map(row -> new double[] {label(row)}).toList());
      case TEXTS ->
          texts(List.of(n, 1L), scores.stream().map(row -> "class-" + label(row)).toList());
      case TOP_THREE ->
          texts(List.of(n, 3L), scores.stream().flatMap(row -> leading(row).stream()).toList());
    };
  }

  private static FakeAnswer numbers(
      String name, String datatype, List<Long> shape, List<double[]> rows) {
    double[] all = rows.stream().flatMapToDouble(java.util.Arrays::stream).toArray();
    if (datatype.equals("FP32")) {
      for (int i = 0; i < all.length; i++) {
        all[i] = (float) all[i];
      }
    }
    return new FakeAnswer(name, datatype, shape, all, List.of());
  }

  private static FakeAnswer texts(List<Long> shape, List<String> texts) {
    return new FakeAnswer("label", "BYTES", shape, new double[0], texts);
  }

  private static int label(double[] row) {
    return IntStream.range(0, row.length)
        .boxed()
        .max(Comparator.comparingDouble(k -> row[k]))
        .orElseThrow();
  }

  private static double[] softmax(double[] row) {
    double[] powers = java.util.Arrays.stream(row).map(Math::exp).toArray();
    double sum = java.util.Arrays.stream(powers).sum();
    return java.util.Arrays.stream(powers).map(power -> power / sum).toArray();
  }

  private static List<String> leading(double[] row) {
    return IntStream.range(0, row.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer k) -> -row[k]))
        .limit(3)
        .map(k -> String.format(Locale.ROOT, "%f:%d:class-%d", row[k], k, k))
        .toList();
  }
}
