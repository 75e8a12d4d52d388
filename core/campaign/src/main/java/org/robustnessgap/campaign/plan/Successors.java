package org.robustnessgap.campaign.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobPlan;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Provenance;

/**
 * Campaigns that new versions of registered models ask for. A bounded campaign whose classifier is
 * an alias measures the version that the alias points to; once it points elsewhere, the same is to
 * be measured of that version, in a campaign of its own. (One without end goes on with what the
 * alias points to.) A function of what it was told, in any order. Not thread-safe.
 */
public final class Successors {
  private static final Pattern ALIAS = Pattern.compile("models:/([^/@]+)@([^/@]+)");

  private final Map<String, Campaign> campaigns = new TreeMap<>();
  private final Set<String> everKnown = new HashSet<>();

  /** The versions of which there are results, by campaign and classifier. */
  private final Map<String, Map<String, Set<String>>> measured = new HashMap<>();

  /** A campaign is followed, or changed. */
  public void applied(Campaign campaign) {
    everKnown.add(campaign.id());
    campaigns.put(campaign.id(), campaign);
  }

  /** A campaign is not followed any more; a successor that was stopped is not begun again. */
  public void stopped(String campaignId) {
    campaigns.remove(campaignId);
  }

  /** A classifier was measured, in some version. */
  public void answered(AttackResult result) {
    Provenance provenance = result.provenance();
    ModelIdentity model = provenance == null ? null : provenance.model();
    String version = model == null ? null : model.version();
    if (version != null) {
      measured
          .computeIfAbsent(result.jobId().campaign(), id -> new HashMap<>())
          .computeIfAbsent(result.jobId().subject(), name -> new TreeSet<>())
          .add(version);
    }
  }

  /** The aliases that campaigns name, as {@code models:/name@alias}. */
  public Set<String> aliases() {
    Set<String> aliases = new TreeSet<>();
    for (Campaign campaign : campaigns.values()) {
      if (campaign.sampling().end().isPresent()) {
        campaign.classifiers().stream()
            .map(ModelReference::location)
            .filter(location -> ALIAS.matcher(location).matches())
            .forEach(aliases::add);
      }
    }
    return aliases;
  }

  /**
   * The campaigns to begin now that an alias points to a version. Once begun they are known, when
   * {@link #applied} tells of them.
   *
   * @param alias one of {@link #aliases}
   */
  public List<Campaign> of(String alias, String version) {
    return campaigns.values().stream()
        .flatMap(
            campaign ->
                campaign.classifiers().stream()
                    .filter(classifier -> classifier.location().equals(alias))
                    .flatMap(classifier -> successor(campaign, classifier, version).stream()))
        .filter(successor -> !everKnown.contains(successor.id()))
        .toList();
  }

  private Optional<Campaign> successor(
      Campaign campaign, ModelReference classifier, String version) {
    boolean ofOther =
        measured
            .getOrDefault(campaign.id(), Map.of())
            .getOrDefault(classifier.name(), Set.of())
            .stream()
            .anyMatch(other -> !other.equals(version));
    Matcher alias = ALIAS.matcher(classifier.location());
    return ofOther && campaign.sampling().end().isPresent() && alias.matches()
        ? Optional.of(
            new Campaign(
                campaign.id() + "-" + classifier.name() + "-v" + version,
                campaign.generator(),
                List.of(
                    new ModelReference(
                        classifier.name(),
                        "models:/" + alias.group(1) + "/" + version,
                        classifier.options(),
                        classifier.input(),
                        classifier.endpoint())),
                campaign.sampling(),
                campaign.attack(),
                campaign.smoothness(),
                null,
                campaign.quantiles(),
                withoutPairs(campaign),
                campaign.diagnostics(),
                campaign.data()))
        : Optional.empty();
  }

  /** There is nothing to compare the one classifier with. */
  private static Map<String, JobPlan> withoutPairs(Campaign campaign) {
    Map<String, JobPlan> others = new TreeMap<>(campaign.jobs());
    JobKind.ALL.stream()
        .filter(kind -> kind.about() == JobKind.About.PAIR)
        .forEach(kind -> others.remove(kind.label()));
    return others;
  }
}
