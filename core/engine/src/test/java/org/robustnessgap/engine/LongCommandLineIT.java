package org.robustnessgap.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.onnx.TestGraph;

/** ONNX Runtime reads the command line when it starts, and must survive a long one. */
class LongCommandLineIT {
  /** What the child runs. */
  static final class Program {
    public static void main(String[] arguments) {
      try (Executable loaded =
          new OnnxRuntimeEngine(1).load(TestGraph.linear("scaled", new float[][] {{2}}))) {
        Tensor y = loaded.run(new Tensor(new float[] {3}, new long[] {1, 1})).get(0);
        System.exit(y.values()[0] == 6 ? 0 : 3);
      }
    }
  }

  /** A class path of this many characters more. */
  @ParameterizedTest
  @ValueSource(ints = {0, 7_000, 100_000})
  void startsWithALongClassPath(int length) throws Exception {
    String entry = "/lib/a-library-with-a-name.jar";
    String padding =
        IntStream.range(0, length / (entry.length() + 1))
            .mapToObj(i -> ":" + entry)
            .collect(Collectors.joining());
    Process child =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path") + padding,
                    Program.class.getName(),
                    "x".repeat(Math.max(length, 1))))
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes());

    assertThat(child.waitFor()).as(said).isZero();
  }
}
