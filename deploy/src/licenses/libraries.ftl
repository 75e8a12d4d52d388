<#-- A line for each library: its licences, a tab, group:artifact. The newline stays. -->
<#list dependencyMap as entry>
<#assign library = entry.getKey()/>
<#list entry.getValue()?sort as license>${license}<#sep> or </#sep></#list>	${library.groupId}:${library.artifactId}
</#list>
