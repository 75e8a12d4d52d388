package org.robustnessgap.generator.registry;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Judges deliveries of MLflow's webhooks, by their signature (HMAC-SHA256 of {@code
 * id.timestamp.body}, as MLflow documents it), their age and whether they came before. What they
 * say is not even read: they are hints to read the registry again.
 */
public final class WebhookDeliveries {
  /** What becomes of a delivery. */
  public enum Verdict {
    /** A hint. */
    TAKEN,
    /** Not signed with the secret, or too old or too new for that to mean anything. */
    FORGED,
    /** It was taken before; MLflow repeats what it believes lost. */
    REPLAYED
  }

  /** MLflow signs when it first sends, and repeats within seconds. */
  private static final Duration OLDEST = Duration.ofMinutes(5);

  private static final int REMEMBERED = 10_000;
  private static final String SIGNATURE = "v1,";

  private final byte[] secret;
  private final Clock clock;
  private final Map<String, Instant> taken = new LinkedHashMap<>();

  public WebhookDeliveries(String secret, Clock clock) {
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
    this.clock = clock;
  }

  /**
   * @param id header {@code X-MLflow-Delivery-Id}; null if it is missing, as are the others
   * @param timestamp header {@code X-MLflow-Timestamp}, seconds since 1970
   * @param signature header {@code X-MLflow-Signature}
   */
  public synchronized Verdict judge(
      @Nullable String id, @Nullable String timestamp, @Nullable String signature, byte[] body) {
    if (id == null || timestamp == null || signature == null || !isRecent(timestamp)) {
      return Verdict.FORGED;
    }
    byte[] wanted = (SIGNATURE + sign(id, timestamp, body)).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(wanted, signature.getBytes(StandardCharsets.UTF_8))) {
      return Verdict.FORGED;
    }
    Instant now = clock.instant();
    // Older ones are refused for their age.
    taken.values().removeIf(at -> at.isBefore(now.minus(OLDEST.multipliedBy(2))));
    if (taken.size() >= REMEMBERED || taken.putIfAbsent(id, now) != null) {
      return Verdict.REPLAYED;
    }
    return Verdict.TAKEN;
  }

  private boolean isRecent(String timestamp) {
    try {
      Instant sent = Instant.ofEpochSecond(Long.parseLong(timestamp));
      return Duration.between(sent, clock.instant()).abs().compareTo(OLDEST) <= 0;
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      return false;
    }
  }

  private String sign(String id, String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
