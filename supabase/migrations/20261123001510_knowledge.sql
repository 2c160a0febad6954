-- The index of what was written: documents and their chunks, kept in step with the texts by a job.

call private.let_facts_read('knowledge_documents');
call private.let_facts_read('knowledge_chunks');

-- What a text says, in one number: a document with another one is out of date, and no answer quotes it.
create function private.text_hash(p_title text, p_body text) returns text
language sql immutable set search_path = pg_catalog as $$
  select md5(coalesce(p_title, '') || E'\n' || coalesce(p_body, ''))
$$;

create view analytics.text_passages as
select k.account_id, k.id as chunk_id, k.document_id, k.position, k.content, k.search, k.embedding, k.embedding_model,
  d.kind, d.source_id, d.contact_id, d.title, d.content_hash, d.metadata ->> 'file' as file, (d.metadata ->> 'written_at')::timestamptz as written_at
from public.knowledge_chunks k
join public.knowledge_documents d on d.account_id = k.account_id and d.id = k.document_id
-- Only what is still there as it was indexed: a text deleted, erased or changed since is no longer quoted.
where d.kind = 'upload' or exists (
  select from analytics.texts t
  where t.account_id = d.account_id and t.kind = d.kind and t.source_id = d.source_id and private.text_hash(t.title, t.body) = d.content_hash);
comment on view analytics.text_passages is 'Pieces of indexed texts and uploads that are still as they were indexed.';
alter view analytics.text_passages owner to keapsake_facts;
revoke all on analytics.text_passages from public;
grant select on analytics.text_passages to keapsake_reader;
grant execute on function private.text_hash(text, text) to keapsake_facts, keapsake_reader;

-- Which texts the index holds, for telling what it does not hold yet.
create view analytics.indexed_texts as
select d.account_id, d.kind, d.source_id from public.knowledge_documents d where d.source_id is not null;
alter view analytics.indexed_texts owner to keapsake_facts;
revoke all on analytics.indexed_texts from public;
grant select on analytics.indexed_texts to keapsake_reader;

create function public.knowledge_changes(p_account uuid, p_limit int default 500) returns jsonb
language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(jsonb_agg(to_jsonb(changed)), '[]') from (
    select t.kind, t.source_id, t.contact_id, t.title, t.body, t.written_at, private.text_hash(t.title, t.body) as content_hash
    from private.texts t
    left join public.knowledge_documents d on d.account_id = t.account_id and d.kind = t.kind and d.source_id = t.source_id
    where t.account_id = p_account and (d.id is null or d.indexed_at is null or d.content_hash <> private.text_hash(t.title, t.body))
    order by t.written_at desc nulls last, t.source_id
    limit p_limit) changed
$$;
comment on function public.knowledge_changes is 'Texts that are new or changed since they were indexed, newest first. Service role only.';

create function public.knowledge_store(p_account uuid, p_documents jsonb) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_document jsonb;
  v_id uuid;
  v_count int := 0;
begin
  for v_document in select * from jsonb_array_elements(p_documents) loop
    insert into public.knowledge_documents as d (account_id, kind, source_id, contact_id, title, content_hash, metadata, indexed_at)
    values (p_account, v_document ->> 'kind', (v_document ->> 'source_id')::uuid, (v_document ->> 'contact_id')::uuid, left(v_document ->> 'title', 500),
      v_document ->> 'content_hash', coalesce(v_document -> 'metadata', '{}'), now())
    on conflict (account_id, kind, source_id) do update
      set contact_id = excluded.contact_id, title = excluded.title, content_hash = excluded.content_hash, metadata = excluded.metadata, indexed_at = now()
    returning id into v_id;
    delete from public.knowledge_chunks where account_id = p_account and document_id = v_id;
    insert into public.knowledge_chunks (account_id, document_id, position, content)
    select p_account, v_id, place, content from jsonb_array_elements_text(v_document -> 'chunks') with ordinality chunks (content, place);
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;
comment on function public.knowledge_store is 'Writes documents with their chunks; a document''s old chunks go. Service role only.';

create function public.knowledge_forget(p_account uuid) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_count int;
begin
  delete from public.knowledge_documents d
  where d.account_id = p_account and d.kind <> 'upload'
    and not exists (select from private.texts t where t.account_id = p_account and t.kind = d.kind and t.source_id = d.source_id);
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function public.knowledge_forget is 'Takes documents out whose text was deleted, erased or emptied. Service role only.';

create function public.knowledge_unembedded(p_account uuid, p_model text, p_limit int default 200) returns jsonb
language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', id, 'content', content)), '[]') from (
    select id, content from public.knowledge_chunks
    where account_id = p_account and (embedding is null or embedding_model is distinct from p_model) order by created_at, id limit p_limit) waiting
$$;
comment on function public.knowledge_unembedded is 'Chunks without a vector of this model. Service role only.';

create function public.knowledge_embed(p_account uuid, p_model text, p_rows jsonb) returns int
language plpgsql volatile security definer set search_path = pg_catalog, extensions as $$
declare
  v_count int;
begin
  update public.knowledge_chunks k set embedding = (r.embedding)::extensions.vector, embedding_model = p_model
  from jsonb_to_recordset(p_rows) as r (id uuid, embedding text) where k.account_id = p_account and k.id = r.id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function public.knowledge_embed is 'Stores vectors of chunks, written as [0.1, …]. Service role only.';

-- Uploads: people add them in the app; their text is all that is kept.
create function public.store_upload(p_account uuid, p_title text, p_file text, p_chunks jsonb, p_actor text default null) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin', 'analyst'], p_actor);
  v_id uuid;
  v_hash text := md5(p_chunks::text);
begin
  if jsonb_typeof(p_chunks) <> 'array' or jsonb_array_length(p_chunks) not between 1 and 5000 then
    raise exception 'A document needs some text, and at most 5,000 pieces of it.' using errcode = '22023';
  end if;
  if exists (select from jsonb_array_elements_text(p_chunks) c where length(c) > 4000) then
    raise exception 'A piece of a document has at most 4,000 characters.' using errcode = '22023';
  end if;
  select id into v_id from public.knowledge_documents where account_id = p_account and kind = 'upload' and content_hash = v_hash;
  if v_id is not null then
    return v_id;
  end if;
  insert into public.knowledge_documents (account_id, kind, title, content_hash, metadata, created_by, indexed_at)
  values (p_account, 'upload', left(btrim(p_title), 500), v_hash, jsonb_build_object('file', left(p_file, 300), 'written_at', now()), v_actor, now()) returning id into v_id;
  insert into public.knowledge_chunks (account_id, document_id, position, content)
  select p_account, v_id, place, content from jsonb_array_elements_text(p_chunks) with ordinality chunks (content, place);
  perform private.audit(p_account, v_actor, 'knowledge.uploaded', 'document:' || v_id, jsonb_build_object('file', left(p_file, 300)));
  return v_id;
end $$;
comment on function public.store_upload is 'Adds an uploaded document as text; the same text twice is one document. Admins and analysts.';

create function public.remove_upload(p_account uuid, p_document uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin', 'analyst']);
begin
  delete from public.knowledge_documents where account_id = p_account and id = p_document and kind = 'upload';
  if found then
    perform private.audit(p_account, v_actor, 'knowledge.removed', 'document:' || p_document);
  end if;
  return found;
end $$;
comment on function public.remove_upload is 'Takes an uploaded document out, with all its pieces. Admins and analysts.';

grant execute on function public.store_upload(uuid, text, text, jsonb, text), public.remove_upload(uuid, uuid) to authenticated, service_role;
grant execute on function public.knowledge_changes(uuid, int), public.knowledge_store(uuid, jsonb), public.knowledge_forget(uuid),
  public.knowledge_unembedded(uuid, text, int), public.knowledge_embed(uuid, text, jsonb) to service_role;
