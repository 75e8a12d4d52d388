package org.robustnessgap.data;

/**
 * An image that cannot be used.
 *
 * @param name for people, for instance {@code archive.zip!a/cat.png}
 * @param reason for people, without a name or a full stop
 */
public record SkippedImage(String name, String reason) implements ReadImage {
  @Override
  public String toString() {
    return name + " (" + reason + ")";
  }
}
