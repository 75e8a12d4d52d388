import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.ModelImport;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * What {@code robustness-gap differentiate} does, for as many files as are named, one a line of the
 * standard input. Each gets a line of its own: {@code written} where the model of the gradient now
 * stands in the file's place, {@code refused} and the sentence, or {@code crashed} and what was
 * thrown instead of a sentence.
 */
public final class Differentiate {
  private Differentiate() {}

  public static void main(String[] arguments) throws IOException {
    BufferedReader files =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Engine engine = new OnnxRuntimeEngine(1)) {
      for (String file = files.readLine(); file != null; file = files.readLine()) {
        System.out.println(answer(Path.of(file), engine).replaceAll("\\s+", " "));
      }
    }
  }

  private static String answer(Path file, Engine engine) throws IOException {
    try {
      OnnxModel model = ModelImport.read(file, engine);
      OnnxModel gradient = Differentiator.differentiate(model, engine);
      engine.load(gradient).close();
      Files.write(file, gradient.toBytes());
      return "written";
    } catch (InvalidInputException e) {
      return "refused " + e.getMessage();
    } catch (RuntimeException | StackOverflowError e) {
      return "crashed " + e + " at " + e.getStackTrace()[0];
    }
  }
}
