package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Json;
import org.robustnessgap.service.CommandLines;

/** What apply refuses by itself. No broker is there to be asked. */
class ApplyCommandTest {
  private static final String LOCATION = "oip+http://localhost:1/v2/models/digits";

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  private void assertRefused(String location, String endpoint, String said) throws IOException {
    String json =
        """
        {"id":"c","generator":{"name":"g","location":"g.onnx","latent_dimension":2},
         "classifiers":[{"name":"digits","location":"%s","endpoint":{%s}}],
         "sampling":{"seed":0,"samples":128,"batch_size":8,"window_samples":128,
          "max_jobs_in_flight":16,"job_timeout_seconds":600},
         "attack":%s,"quantiles":[0.5]}
        """
            .formatted(
                location,
                endpoint,
                new String(Json.write(AttackPlan.standard()), StandardCharsets.UTF_8));
    Path file = Files.writeString(folder.resolve("c.json"), json);
    int ended =
        CommandLines.execute(
            new RobustnessGapCommand(), "apply", file.toString(), "--kafka", "localhost:1");
    assertThat(output.err()).contains(said).doesNotContain("\tat ");
    assertThat(ended).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'queries_per_sample':0 | queries_per_sample is 0 but must be from 10 to 1000000",
        "'queries_per_sample':2000000000 | queries_per_sample is 2000000000 but must be from 10",
        "'queries_per_sample':1000000000000 | endpoint.queries_per_sample is out of range; its least",
        "'batch':0 | batch of an endpoint is 0 but must be at least 1",
        "'queries_per_second':NaN | NaN and Infinity are no numbers of it at line 2",
        "'queries_per_second':'NaN' | queries_per_second is NaN but must be finite",
        "'queries_per_second':-1 | queries_per_second is -1.0 but must be at least 0.001",
        "'queries_per_second':1e-300 | queries_per_second is 1.0E-300 but must be at least 0.001",
        "'queries_per_second':1 | takes 24096 s at the rate of its endpoint",
        "'queries_per_hour':100 | more than its queries_per_hour of 100; lower batch_size",
        "'queries':0 | queries of an endpoint is 0 but must be at least 1",
        "'concurrency':1000000000 | concurrency of an endpoint is 1000000000 but must be from 1",
        "'concurrency':0 | concurrency of an endpoint is 0 but must be from 1 to 10000",
        "'image':[0,28,28] | image of an endpoint is 0 but must be at least 1",
        "'image':[2147483648,1] | endpoint.image[0] is out of range; its least",
        "'image':[2147483647,2147483647,3] | has too many values",
        "'image':[] | image of an endpoint is empty",
        "'access':'everything' | There is no access 'everything'; choose among",
        "'access':'gradients' | a server answers no gradients; name scores",
        "'labels':['a'] | labels of an endpoint are [a], but there must be two or more",
        "'credentials':' ' | credentials of an endpoint is blank",
        "'credentials':'a\\u0000b' | credentials of an endpoint is blank, or holds what",
        "'surrogate':'' | surrogate of an endpoint is blank",
        "'input':'' | input of an endpoint is blank"
      })
  void anAbsurdEndpointIsRefusedByItsField(String endpoint, String said) throws IOException {
    assertRefused(LOCATION, endpoint.replace('\'', '"'), said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "f.onnx | its location f.onnx is a file; leave the endpoint out",
        "oip+http://h:1/models/digits | is not of the form oip+http://HOST:PORT/v2/models/MODEL",
        "oip+http://h:99999/v2/models/digits | names a port that is none",
        "oip+ftp://h/v2/models/digits | is an address of no known form; write oip+http",
        "OIP+HTTP://h/v2/models/digits | is an address of no known form; write oip+http",
        "s3://bucket/f.onnx | is an address of no known form; write oip+http",
        "http://h/predict | is not that of a served model; give http://HOST:PORT/invocations"
      })
  void anAddressOfNoKnownFormIsRefused(String location, String said) throws IOException {
    assertRefused(location, "\"batch\":1", said);
  }

  @Test
  void anAddressThatMayHoldASecretIsRefusedAndNotRepeated() throws IOException {
    assertRefused("oip+http://me:hunter2@h/v2/models/digits", "", "as the endpoint's credentials");
    assertThat(output.out() + output.err()).doesNotContain("hunter2");
  }
}
