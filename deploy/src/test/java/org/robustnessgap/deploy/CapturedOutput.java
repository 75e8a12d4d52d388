package org.robustnessgap.deploy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a test prints, kept from the terminal. Register it with {@code @RegisterExtension}. */
public final class CapturedOutput implements BeforeEachCallback, AfterEachCallback {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private PrintStream realOut;
  private PrintStream realErr;

  @Override
  public void beforeEach(ExtensionContext test) {
    realOut = System.out;
    realErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @Override
  public void afterEach(ExtensionContext test) {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  /** What was written to standard output. */
  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What was written to standard error. */
  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
