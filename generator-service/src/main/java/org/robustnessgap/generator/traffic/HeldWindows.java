package org.robustnessgap.generator.traffic;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.robustnessgap.messages.Window;

/**
 * Windows whose images are in memory alone, as the text that Kafka keeps beside committed offsets:
 * {@code 3/64 4/12} for windows 3 and 4 with 64 and 12 samples.
 */
final class HeldWindows {
  private static final Pattern WINDOW = Pattern.compile("(\\d{1,15})/([1-9]\\d{0,8})");

  private HeldWindows() {}

  static String text(List<Window> windows) {
    return windows.stream()
        .map(window -> window.index() + "/" + window.samples())
        .collect(Collectors.joining(" "));
  }

  /** What is no such text, as that of other programs, stands for none. */
  static List<Window> parse(String text) {
    return Arrays.stream(text.split(" "))
        .map(WINDOW::matcher)
        .filter(Matcher::matches)
        .map(found -> new Window(Long.parseLong(found.group(1)), Long.parseLong(found.group(2))))
        .toList();
  }
}
