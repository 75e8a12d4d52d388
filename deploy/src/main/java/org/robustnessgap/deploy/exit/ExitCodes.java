package org.robustnessgap.deploy.exit;

import picocli.CommandLine.Command;

/** What the exit codes of a command mean whose figures may be false although nothing failed. */
@Command(
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:a bug",
      "2:a mistake that you can mend, said in one sentence",
      "3:done, but something looks wrong: see the lines that begin with Suspicious"
    })
public final class ExitCodes {
  /** Done, but something looks wrong. */
  public static final int SUSPICIOUS = 3;
}
