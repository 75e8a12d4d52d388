package org.robustnessgap.generator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.robustnessgap.generator.registry.WebhookDeliveries.Verdict;

/** Which deliveries of a webhook are believed. */
class WebhookDeliveriesTest {
  private static final String ID = "5f0a3c1e-7d35-4a55-9d44-0d8f3b2f9a10";
  private static final String SENT = "1764460800";

  /** By openssl dgst -sha256 -hmac, of {@code id.timestamp.body} with the secret "secret". */
  private static final String SIGNATURE = "v1,Xd6keL5S6LA+pU2JgMlJ/G2cjXGwuHlZdy7yYdyRo6U=";

  private static final byte[] BODY =
      "{\"entity\":\"model_version_alias\",\"action\":\"created\"}"
          .getBytes(StandardCharsets.UTF_8);

  private static WebhookDeliveries at(long seconds) {
    return new WebhookDeliveries(
        "secret", Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC));
  }

  @Test
  void whatIsSignedIsTakenOnce() {
    WebhookDeliveries deliveries = at(1764460803);
    assertThat(deliveries.judge(ID, SENT, SIGNATURE, BODY)).isEqualTo(Verdict.TAKEN);
    assertThat(deliveries.judge(ID, SENT, SIGNATURE, BODY)).isEqualTo(Verdict.REPLAYED);
  }

  @Test
  void whatIsNotSignedIsNot() {
    WebhookDeliveries deliveries = at(1764460803);
    byte[] other = "{}".getBytes(StandardCharsets.UTF_8);
    assertThat(deliveries.judge(ID, SENT, SIGNATURE, other)).isEqualTo(Verdict.FORGED);
    assertThat(deliveries.judge("another", SENT, SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
    assertThat(deliveries.judge(ID, "1764460801", SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
    assertThat(deliveries.judge(ID, SENT, SIGNATURE.substring(3), BODY)).isEqualTo(Verdict.FORGED);
    assertThat(deliveries.judge(ID, SENT, null, BODY)).isEqualTo(Verdict.FORGED);
    assertThat(deliveries.judge(null, SENT, SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
    assertThat(deliveries.judge(ID, "yesterday", SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
    assertThat(deliveries.judge(ID, SENT, SIGNATURE, BODY)).as("still").isEqualTo(Verdict.TAKEN);
  }

  @Test
  void whatIsOldIsNotThoughItBeSigned() {
    assertThat(at(1764460800 + 301).judge(ID, SENT, SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
    assertThat(at(1764460800 - 301).judge(ID, SENT, SIGNATURE, BODY)).isEqualTo(Verdict.FORGED);
  }
}
